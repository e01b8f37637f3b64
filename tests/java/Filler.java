import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.javarosa.core.model.Constants;
import org.javarosa.core.model.FormDef;
import org.javarosa.core.model.FormIndex;
import org.javarosa.core.model.SelectChoice;
import org.javarosa.core.model.ValidateOutcome;
import org.javarosa.core.model.data.IAnswerData;
import org.javarosa.core.model.data.MultipleItemsData;
import org.javarosa.core.model.data.SelectOneData;
import org.javarosa.core.model.data.StringData;
import org.javarosa.core.model.data.helper.Selection;
import org.javarosa.core.model.instance.FormInstance;
import org.javarosa.core.model.instance.InstanceInitializationFactory;
import org.javarosa.core.model.instance.TreeElement;
import org.javarosa.core.services.transport.payload.ByteArrayPayload;
import org.javarosa.form.api.FormEntryController;
import org.javarosa.form.api.FormEntryModel;
import org.javarosa.form.api.FormEntryPrompt;
import org.javarosa.model.xform.XFormSerializingVisitor;
import org.javarosa.model.xform.XPathReference;
import org.javarosa.xform.parse.XFormParser;
import org.javarosa.xform.util.XFormAnswerDataParser;

/**
 * Fills a form as an enumerator does: question by question, under relevance, choice filters and
 * constraints, then the check before sending.
 *
 * cases/K.tsv scripts instance K (cycled): lines "question TAB answer". A question is its name, or
 * name#k within the k-th row of its innermost repeat. Answers parted by '|' are alternatives in
 * random order; an empty answer leaves the question blank; "*" and what no line names is random.
 * A line "@from" names a saved instance to open again.
 */
final class Filler {
    private static final int BEGINNINGS = 40;
    private static final int REPAIRS = 3;
    private static final int TRIES = 200;
    private static final double BLANK = 0.15;
    private static final int MOST_REPEATS = 3;

    private final FormDef form;
    private final FormInstance empty;
    private final File folder;
    private final File out;
    private Random random;
    private Answers answers;
    private Map<String, String> script;
    private List<String> log;
    private boolean isStuck;
    private FormEntryController controller;
    private FormEntryModel model;

    Filler(FormDef form, File folder) {
        this.form = form;
        this.empty = form.getMainInstance().clone();
        this.folder = folder;
        this.out = new File(folder, "out");
    }

    void fill(int count, long seed) throws IOException {
        out.mkdirs();
        File[] scripts = new File(folder, "cases").listFiles();
        int cases = scripts == null ? 0 : scripts.length;
        for (int k = 0; k < count; k++) {
            script = cases == 0 ? Map.of() : read(new File(folder, "cases/" + k % cases + ".tsv"));
            byte[] xml = null;
            isStuck = true;
            // Random answers can contradict each other for good (two heads of a household): begin anew.
            for (int trial = 0; isStuck && trial < BEGINNINGS; trial++) {
                random = new Random((seed * 1_000_003L + k) * 101L + trial);
                answers = new Answers(random);
                log = new ArrayList<>();
                isStuck = false;
                xml = one();
            }
            Files.write(new File(out, k + ".xml").toPath(), xml);
            Files.write(new File(out, k + ".log").toPath(), log, StandardCharsets.UTF_8);
        }
    }

    private static Map<String, String> read(File file) throws IOException {
        Map<String, String> lines = new HashMap<>();
        for (String line : Files.readAllLines(file.toPath(), StandardCharsets.UTF_8)) {
            String[] parts = line.split("\t", 2);
            lines.put(parts[0], parts.length == 2 ? parts[1] : "");
        }
        return lines;
    }

    private byte[] one() throws IOException {
        start();
        for (Map.Entry<String, String> line : script.entrySet()) {
            if (line.getKey().startsWith("/")) { // a hidden value, as a web address hands it over
                set(line.getKey().substring(1).split("/"), line.getValue());
            }
        }
        walk();
        for (int repair = 0; repair < REPAIRS; repair++) {
            ValidateOutcome outcome = form.validate();
            if (outcome == null || outcome.outcome == FormEntryController.ANSWER_OK) {
                break;
            }
            String key = key(outcome.failedPrompt);
            boolean isScripted = script.containsKey(key) || script.containsKey(name(key));
            if (isScripted || repair == REPAIRS - 1) {
                log.add("blocked\t" + key + "\t" + outcome.outcome);
                isStuck = !isScripted;
                break;
            }
            // An answer given later closed or opened something: go back to it as a person would.
            controller.jumpToIndex(outcome.failedPrompt);
            answer(true);
            walk();
        }
        TreeElement meta = form.getMainInstance().getRoot().getFirstChild("meta");
        TreeElement audit = meta == null ? null : meta.getFirstChild("audit");
        if (audit != null) {
            audit.setAnswer(new StringData("audit.csv"));
            log.add("file\taudit.csv");
        }
        controller.finalizeFormEntry();
        ByteArrayPayload payload = (ByteArrayPayload) new XFormSerializingVisitor()
            .createSerializedPayload(form.getInstance(), new XPathReference("/"));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (InputStream stream = payload.getPayloadStream()) {
            stream.transferTo(bytes);
        }
        return bytes.toByteArray();
    }

    private void start() throws IOException {
        form.setInstance(empty.clone());
        String from = script.get("@from");
        if (from != null) {
            byte[] saved = Files.readAllBytes(new File(folder, from).toPath());
            TreeElement given = XFormParser.restoreDataModel(saved, null).getRoot();
            TreeElement root = form.getMainInstance().getRoot();
            root.populate(given, form);
        }
        form.initialize(from == null, new InstanceInitializationFactory());
        model = new FormEntryModel(form);
        controller = new FormEntryController(model);
    }

    private void walk() {
        Map<String, Integer> added = new HashMap<>();
        controller.jumpToIndex(FormIndex.createBeginningOfFormIndex());
        int event = controller.stepToNextEvent();
        while (event != FormEntryController.EVENT_END_OF_FORM) {
            if (event == FormEntryController.EVENT_PROMPT_NEW_REPEAT) {
                String at = model.getFormIndex().getReference().genericize().toString(false);
                if (added.merge(at, 1, Integer::sum) <= MOST_REPEATS && random.nextBoolean()) {
                    controller.newRepeat();
                }
            } else if (event == FormEntryController.EVENT_QUESTION) {
                answer(false);
            }
            event = controller.stepToNextEvent();
        }
    }

    private void answer(boolean again) {
        FormEntryPrompt prompt = model.getQuestionPrompt();
        boolean isTrigger = prompt.getControlType() == Constants.CONTROL_TRIGGER;
        if (prompt.isReadOnly() && !isTrigger) {
            return;
        }
        String key = key(model.getFormIndex());
        String scripted = script.containsKey(key) ? script.get(key) : script.get(name(key));
        List<SelectChoice> offered = offered(prompt);
        if (!again) {
            log.add("shown\t" + key + "\t" + offered.stream().map(SelectChoice::getValue).collect(Collectors.joining(" ")));
        }
        boolean isAnswered = prompt.getAnswerValue() != null || script.containsKey("@from");
        if (scripted == null && isAnswered && !again) {
            return;
        }
        if (scripted != null && !scripted.equals("*")) {
            follow(prompt, key, scripted, offered);
        } else {
            improvise(prompt, again);
        }
    }

    private void follow(FormEntryPrompt prompt, String key, String scripted, List<SelectChoice> offered) {
        if (scripted.isEmpty()) {
            return;
        }
        List<String> alternatives = new ArrayList<>(List.of(scripted.split("\\|")));
        Collections.shuffle(alternatives, random);
        for (String text : alternatives) {
            IAnswerData data = data(prompt, text, offered);
            if (data == null) {
                log.add("nochoice\t" + key + "\t" + text);
            } else if (controller.answerQuestion(data, true) == FormEntryController.ANSWER_OK) {
                return;
            } else {
                log.add("refused\t" + key + "\t" + text + "\t" + prompt.getConstraintText());
            }
        }
    }

    private void improvise(FormEntryPrompt prompt, boolean again) {
        if (!prompt.isRequired() && !again && random.nextDouble() < BLANK) {
            return;
        }
        for (int trial = 0; trial < TRIES; trial++) {
            IAnswerData data = answers.candidate(form, model.getFormIndex(), prompt, trial);
            if (data != null && controller.answerQuestion(data, true) == FormEntryController.ANSWER_OK) {
                if (Answers.isUpload(prompt)) {
                    log.add("file\t" + data.getDisplayText());
                }
                return;
            }
        }
    }

    private static IAnswerData data(FormEntryPrompt prompt, String text, List<SelectChoice> offered) {
        List<Selection> picked = new ArrayList<>();
        for (String code : text.split(" ")) {
            offered.stream().filter(each -> each.getValue().equals(code)).forEach(each -> picked.add(each.selection()));
        }
        switch (prompt.getControlType()) {
            case Constants.CONTROL_SELECT_ONE:
                return picked.isEmpty() ? null : new SelectOneData(picked.get(0));
            case Constants.CONTROL_SELECT_MULTI:
            case Constants.CONTROL_RANK:
                return picked.size() < text.split(" ").length ? null : new MultipleItemsData(picked);
            default:
                return XFormAnswerDataParser.getAnswerData(text, prompt.getDataType(), prompt.getQuestion());
        }
    }

    static List<SelectChoice> offered(FormEntryPrompt prompt) {
        int control = prompt.getControlType();
        boolean isSelect = control == Constants.CONTROL_SELECT_ONE
            || control == Constants.CONTROL_SELECT_MULTI || control == Constants.CONTROL_RANK;
        List<SelectChoice> choices = isSelect ? prompt.getSelectChoices() : null;
        return choices == null ? List.of() : choices;
    }

    private void set(String[] path, String value) {
        TreeElement element = form.getMainInstance().getRoot();
        for (int i = 1; i < path.length && element != null; i++) {
            element = element.getFirstChild(path[i]);
        }
        if (element != null) {
            element.setAnswer(new StringData(value));
        }
    }

    /** The question's name, with "#k" when it stands in the k-th row of a repeat. */
    private static String key(FormIndex index) {
        String path = index.getReference().toString(false);
        return path.substring(path.lastIndexOf('/') + 1) + innermost(index);
    }

    private static String innermost(FormIndex index) {
        String row = "";
        for (FormIndex level = index; level != null; level = level.getNextLevel()) {
            if (level.getInstanceIndex() != -1) {
                row = "#" + (level.getInstanceIndex() + 1);
            }
        }
        return row;
    }

    private static String name(String key) {
        int hash = key.indexOf('#');
        return hash < 0 ? key : key.substring(0, hash);
    }
}
