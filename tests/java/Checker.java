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
import org.javarosa.core.model.GroupDef;
import org.javarosa.core.model.SelectChoice;
import org.javarosa.core.model.data.IAnswerData;
import org.javarosa.core.model.instance.FormInstance;
import org.javarosa.core.model.instance.InstanceInitializationFactory;
import org.javarosa.core.model.instance.TreeElement;
import org.javarosa.core.model.instance.TreeReference;
import org.javarosa.core.model.utils.DateUtils;
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
            TreeElement sent = XFormParser.restoreDataModel(xml, null).getRoot();
            compare(sent, root, "/" + root.getName(), true, problems);
            walk(sent, problems);
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
            TreeElement twin = given.getChild(child.getName(), child.getMult());
            boolean isGiven = twin != null && (twin.getNumChildren() > 0 || !text(twin.getValue()).isEmpty());
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
            return isMoment(one) && isMoment(other)
                && Math.abs(DateUtils.parseDateTime(one).getTime() - DateUtils.parseDateTime(other).getTime()) < 5;
        }
    }

    /** The engine keeps moments to the millisecond, give or take one. */
    private static boolean isMoment(String text) {
        return text.matches("\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}.*");
    }

    private static String text(IAnswerData value) {
        return value == null ? "" : value.uncast().getString().strip();
    }

    private void walk(TreeElement sent, Set<String> problems) {
        FormEntryModel model = new FormEntryModel(form);
        FormEntryController controller = new FormEntryController(model);
        controller.jumpToIndex(FormIndex.createBeginningOfFormIndex());
        List<String> rows = rows();
        int event = controller.stepToNextEvent();
        while (event != FormEntryController.EVENT_END_OF_FORM) {
            if (event == FormEntryController.EVENT_QUESTION) {
                question(model.getQuestionPrompt(), model.getFormIndex(), sent, problems);
            } else if (event == FormEntryController.EVENT_REPEAT) {
                count(model.getFormIndex(), problems);
            }
            event = controller.stepToNextEvent();
        }
        List<String> made = rows();
        made.removeAll(rows);
        made.forEach(row -> problems.add("row missing: " + row));
    }

    /** A row of a repeat beyond the count that the form gives it. */
    private void count(FormIndex index, Set<String> problems) {
        if (!(form.getChild(index) instanceof GroupDef repeat) || repeat.getCountReference() == null) {
            return;
        }
        TreeReference place = index.getReference();
        TreeElement counter = form.getMainInstance().resolveReference(repeat.getConextualizedCountReference(place));
        String text = counter == null ? "" : text(counter.getValue());
        double allowed = text.isEmpty() ? 0 : Double.parseDouble(text);
        if (place.getMultLast() >= allowed) {
            problems.add("row too many: " + place.toString(true) + ", the form says " + text);
        }
    }

    private void question(FormEntryPrompt prompt, FormIndex index, TreeElement sent, Set<String> problems) {
        String path = index.getReference().toString(true);
        List<SelectChoice> choices = Filler.offered(prompt); // drops a value that is not among them
        IAnswerData answer = prompt.getAnswerValue();
        if (answer == null) {
            String given = given(sent, index.getReference());
            if (!given.isEmpty()) {
                problems.add("not offered: " + path + " = " + given);
            } else if (prompt.isRequired() && !prompt.isReadOnly()) {
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
            for (SelectChoice choice : choices) {
                offered.add(choice.getValue());
            }
            for (String code : text(answer).split(" ")) {
                if (!offered.contains(code)) {
                    problems.add("not offered: " + path + " = " + code);
                }
            }
        }
    }

    /** What was sent at a place. */
    private static String given(TreeElement sent, TreeReference place) {
        TreeElement element = sent;
        for (int i = 1; i < place.size() && element != null; i++) {
            element = element.getChild(place.getName(i), Math.max(0, place.getMultiplicity(i)));
        }
        return element == null ? "" : text(element.getValue());
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
