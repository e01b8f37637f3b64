import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.javarosa.core.model.Constants;
import org.javarosa.core.model.FormDef;
import org.javarosa.core.model.FormIndex;
import org.javarosa.core.model.SelectChoice;
import org.javarosa.core.model.data.IAnswerData;
import org.javarosa.core.model.instance.FormInstance;
import org.javarosa.core.model.instance.InstanceInitializationFactory;
import org.javarosa.core.model.instance.TreeElement;
import org.javarosa.form.api.FormEntryController;
import org.javarosa.form.api.FormEntryModel;
import org.javarosa.form.api.FormEntryPrompt;
import org.javarosa.xform.parse.XFormParser;

/**
 * Opens given instances in the form again and says everything that a phone would not have sent:
 * values that do not fit their type, broken constraints, unanswered required questions, choices that
 * were not offered, answers to questions that were not asked, computed values that differ, rows
 * of a repeat that its count does not allow, and nodes that the form does not know.
 */
final class Checker {
    private final FormDef form;
    private final FormInstance empty;
    private final File folder;

    Checker(FormDef form, File folder) {
        this.form = form;
        this.empty = form.getMainInstance().clone();
        this.folder = folder;
    }

    void check() throws IOException {
        File out = new File(folder, "out");
        out.mkdirs();
        for (int k = 0; new File(folder, "in/" + k + ".xml").exists(); k++) {
            byte[] xml = Files.readAllBytes(new File(folder, "in/" + k + ".xml").toPath());
            Files.write(new File(out, k + ".log").toPath(), problems(xml), StandardCharsets.UTF_8);
        }
    }

    private Set<String> problems(byte[] xml) {
        Set<String> problems = new LinkedHashSet<>();
        try {
            TreeElement given = XFormParser.restoreDataModel(xml, null).getRoot();
            form.setInstance(empty.clone());
            form.getMainInstance().getRoot().populate(given, form);
            form.initialize(false, new InstanceInitializationFactory());
            TreeElement root = form.getMainInstance().getRoot();
            compare(XFormParser.restoreDataModel(xml, null).getRoot(), root, "/" + root.getName(), true, problems);
            walk(problems);
        } catch (RuntimeException fault) {
            problems.add("unreadable: " + String.valueOf(fault).replaceAll("\\s+", " "));
        }
        return problems;
    }

    /** What was given beside what the engine holds after it computed everything anew. */
    private static void compare(TreeElement given, TreeElement held, String path, boolean relevant, Set<String> problems) {
        for (int i = 0; i < given.getNumChildren(); i++) {
            TreeElement child = given.getChildAt(i);
            String name = child.getName();
            String below = path + "/" + name;
            int row = child.getMult();
            TreeElement twin = held.getChild(name, row);
            if (twin == null && held.getChild(name, 0) == null) {
                problems.add("unknown: " + below);
                continue;
            }
            if (twin == null) {
                problems.add("row too many: " + below + "[" + (row + 1) + "]");
                continue;
            }
            String at = twin.isRepeatable() ? below + "[" + (row + 1) + "]" : below;
            boolean isRelevant = relevant && twin.isRelevant();
            String text = text(child.getValue());
            if (!isRelevant && !text.isEmpty()) {
                problems.add("not relevant: " + at + " = " + text);
            } else if (isRelevant && !text.isEmpty() && !same(text, text(twin.getValue()))) {
                problems.add("computed: " + at + " = " + text + ", the form says " + text(twin.getValue()));
            }
            compare(child, twin, at, isRelevant, problems);
        }
        for (int i = 0; i < held.getNumChildren(); i++) {
            TreeElement child = held.getChildAt(i);
            boolean isGiven = given.getChild(child.getName(), child.getMult()) != null;
            boolean isMeta = path.endsWith("/meta") || child.getName().equals("meta");
            String value = text(child.getValue());
            if (!isGiven && !isMeta && relevant && child.isRelevant() && child.getMult() >= 0 && !value.isEmpty()) {
                problems.add("computed: " + path + "/" + child.getName() + " is missing, the form says " + value);
            }
        }
    }

    private static boolean same(String one, String other) {
        if (one.equals(other)) {
            return true;
        }
        try {
            return Double.parseDouble(one) == Double.parseDouble(other);
        } catch (NumberFormatException words) {
            return false;
        }
    }

    private static String text(IAnswerData value) {
        return value == null ? "" : value.uncast().getString().strip();
    }

    private void walk(Set<String> problems) {
        FormEntryModel model = new FormEntryModel(form);
        FormEntryController controller = new FormEntryController(model);
        controller.jumpToIndex(FormIndex.createBeginningOfFormIndex());
        List<String> rows = rows();
        int event = controller.stepToNextEvent();
        while (event != FormEntryController.EVENT_END_OF_FORM) {
            if (event == FormEntryController.EVENT_QUESTION) {
                question(model.getQuestionPrompt(), model.getFormIndex(), problems);
            }
            event = controller.stepToNextEvent();
        }
        List<String> made = rows();
        made.removeAll(rows);
        made.forEach(row -> problems.add("row missing: " + row));
    }

    private void question(FormEntryPrompt prompt, FormIndex index, Set<String> problems) {
        String path = index.getReference().toString(true);
        IAnswerData answer = prompt.getAnswerValue();
        if (answer == null) {
            if (prompt.isRequired() && !prompt.isReadOnly()) {
                problems.add("required: " + path);
            }
            return;
        }
        if (!form.evaluateConstraint(index.getReference(), answer)) {
            problems.add("constraint: " + path + " = " + text(answer) + " (" + prompt.getConstraintText() + ")");
        }
        int control = prompt.getControlType();
        if (control == Constants.CONTROL_SELECT_ONE || control == Constants.CONTROL_SELECT_MULTI || control == Constants.CONTROL_RANK) {
            List<String> offered = new ArrayList<>();
            for (SelectChoice choice : Filler.offered(prompt)) {
                offered.add(choice.getValue());
            }
            for (String code : text(answer).split(" ")) {
                if (!offered.contains(code)) {
                    problems.add("not offered: " + path + " = " + code);
                }
            }
        }
    }

    /** Paths of all repeat rows. */
    private List<String> rows() {
        List<String> found = new ArrayList<>();
        gather(form.getMainInstance().getRoot(), found);
        return found;
    }

    private static void gather(TreeElement element, List<String> found) {
        for (int i = 0; i < element.getNumChildren(); i++) {
            TreeElement child = element.getChildAt(i);
            if (child.getMult() >= 0) {
                if (child.isRepeatable()) {
                    found.add(child.getRef().toString(true));
                }
                gather(child, found);
            }
        }
    }
}
