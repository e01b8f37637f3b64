import java.util.ArrayList;
import java.util.Collections;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.javarosa.core.model.Constants;
import org.javarosa.core.model.FormDef;
import org.javarosa.core.model.FormIndex;
import org.javarosa.core.model.RangeQuestion;
import org.javarosa.core.model.SelectChoice;
import org.javarosa.core.model.condition.EvaluationContext;
import org.javarosa.core.model.data.BooleanData;
import org.javarosa.core.model.data.DateData;
import org.javarosa.core.model.data.DateTimeData;
import org.javarosa.core.model.data.DecimalData;
import org.javarosa.core.model.data.IAnswerData;
import org.javarosa.core.model.data.IntegerData;
import org.javarosa.core.model.data.LongData;
import org.javarosa.core.model.data.MultipleItemsData;
import org.javarosa.core.model.data.SelectOneData;
import org.javarosa.core.model.data.StringData;
import org.javarosa.core.model.data.TimeData;
import org.javarosa.core.model.data.helper.Selection;
import org.javarosa.core.model.instance.TreeElement;
import org.javarosa.form.api.FormEntryPrompt;
import org.javarosa.xform.util.XFormAnswerDataParser;
import org.javarosa.xpath.XPathConditional;
import org.javarosa.xpath.XPathNodeset;
import org.javarosa.xpath.XPathParseTool;
import org.javarosa.xpath.expr.XPathFuncExpr;

/** Answers at random that have a chance to satisfy a question's constraint. */
final class Answers {
    private static final long DAY = 86_400_000L;
    private static final Pattern NUMBER = Pattern.compile("(?<![\\w'])-?\\d+(?:\\.\\d+)?");
    private static final Pattern PATH = Pattern.compile("(?:\\.\\./)+[\\w.-]+(?:/[\\w.-]+)*|/[\\w.-]+(?:/[\\w.-]+)+");
    private static final Pattern REGEX = Pattern.compile("regex\\s*\\([^,]+,\\s*'([^']*)'");
    private static final String[] WORDS = {
        "Như Thanh", "chờ lâu", "nộp hồ sơ", "đúng hạn", "cán bộ nhiệt tình", "it's <ok> & \"fine\"",
        "một, hai; ba", "😀 rất tốt", "dòng 1\ndòng 2", "=1+1", "@SUM(A1)", "0012", "xã, phường",
    };

    private final Random random;

    Answers(Random random) {
        this.random = random;
    }

    static boolean isUpload(FormEntryPrompt prompt) {
        switch (prompt.getControlType()) {
            case Constants.CONTROL_UPLOAD:
            case Constants.CONTROL_IMAGE_CHOOSE:
            case Constants.CONTROL_AUDIO_CAPTURE:
            case Constants.CONTROL_VIDEO_CAPTURE:
            case Constants.CONTROL_FILE_CAPTURE:
            case Constants.CONTROL_OSM_CAPTURE:
                return true;
            default:
                return prompt.getDataType() == Constants.DATATYPE_BINARY;
        }
    }

    IAnswerData candidate(FormDef form, FormIndex index, FormEntryPrompt prompt, int trial) {
        List<SelectChoice> offered = new ArrayList<>(Filler.offered(prompt));
        switch (prompt.getControlType()) {
            case Constants.CONTROL_SELECT_ONE:
                return offered.isEmpty() ? null : new SelectOneData(offered.get(random.nextInt(offered.size())).selection());
            case Constants.CONTROL_SELECT_MULTI:
            case Constants.CONTROL_RANK:
                return several(offered, prompt.getControlType() == Constants.CONTROL_RANK);
            case Constants.CONTROL_TRIGGER:
                return new StringData("OK");
            case Constants.CONTROL_RANGE:
                return range((RangeQuestion) prompt.getQuestion(), prompt.getDataType());
            default:
                return isUpload(prompt) ? new StringData("anh-" + (1000 + random.nextInt(9000)) + ".jpg")
                    : typed(form, index, prompt, trial);
        }
    }

    private IAnswerData several(List<SelectChoice> offered, boolean all) {
        if (offered.isEmpty()) {
            return null;
        }
        Collections.shuffle(offered, random);
        int count = all ? offered.size() : 1 + random.nextInt(Math.min(4, offered.size()));
        List<Selection> picked = new ArrayList<>();
        for (SelectChoice choice : offered.subList(0, count)) {
            picked.add(choice.selection());
        }
        return new MultipleItemsData(picked);
    }

    private IAnswerData range(RangeQuestion range, int type) {
        double start = range.getRangeStart().doubleValue();
        double end = range.getRangeEnd().doubleValue();
        double step = Math.abs(range.getRangeStep().doubleValue());
        double value = Math.min(start, end) + step * random.nextInt((int) (Math.abs(end - start) / step) + 1);
        return type == Constants.DATATYPE_INTEGER ? new IntegerData((int) value) : new DecimalData(value);
    }

    private IAnswerData typed(FormDef form, FormIndex index, FormEntryPrompt prompt, int trial) {
        String constraint = constraint(form, index);
        switch (prompt.getDataType()) {
            case Constants.DATATYPE_INTEGER:
                return new IntegerData((int) Math.rint(number(form, index, constraint)));
            case Constants.DATATYPE_LONG:
                return new LongData((long) Math.rint(number(form, index, constraint)));
            case Constants.DATATYPE_DECIMAL:
                return new DecimalData(Math.rint(number(form, index, constraint) * 100) / 100);
            case Constants.DATATYPE_BOOLEAN:
                return new BooleanData(random.nextBoolean());
            case Constants.DATATYPE_DATE:
                return new DateData(moment(trial));
            case Constants.DATATYPE_DATE_TIME:
                return new DateTimeData(moment(trial));
            case Constants.DATATYPE_TIME:
                return new TimeData(new Date(random.nextInt(86_400) * 1000L));
            case Constants.DATATYPE_GEOPOINT:
                return lexical(point(), prompt);
            case Constants.DATATYPE_GEOTRACE:
                return lexical(point() + "; " + point(), prompt);
            case Constants.DATATYPE_GEOSHAPE:
                String corner = point();
                return lexical(corner + "; " + point() + "; " + point() + "; " + corner, prompt);
            default:
                return new StringData(text(constraint));
        }
    }

    private static IAnswerData lexical(String text, FormEntryPrompt prompt) {
        return XFormAnswerDataParser.getAnswerData(text, prompt.getDataType(), prompt.getQuestion());
    }

    private static String constraint(FormDef form, FormIndex index) {
        TreeElement element = form.getMainInstance().resolveReference(index.getReference());
        if (element.getConstraint() != null && element.getConstraint().constraint instanceof XPathConditional condition) {
            return condition.xpath != null ? condition.xpath : String.valueOf(condition.getExpr());
        }
        return "";
    }

    /** Between two numbers that the constraint names or refers to, or at one of them. */
    private double number(FormDef form, FormIndex index, String constraint) {
        List<Double> named = new ArrayList<>();
        Matcher literal = NUMBER.matcher(constraint);
        while (literal.find()) {
            named.add(Double.valueOf(literal.group()));
        }
        Matcher path = PATH.matcher(constraint);
        while (path.find()) {
            Double value = value(form, index, path.group());
            if (value != null) {
                named.add(value);
            }
        }
        if (constraint.contains("%Y")) {
            named.add((double) java.time.Year.now().getValue());
        }
        if (named.isEmpty() || random.nextInt(8) == 0) {
            return random.nextInt(random.nextBoolean() ? 10 : 1000);
        }
        double a = named.get(random.nextInt(named.size()));
        double b = named.get(random.nextInt(named.size()));
        return random.nextInt(4) == 0 ? a : Math.min(a, b) + random.nextDouble() * Math.abs(a - b);
    }

    private static Double value(FormDef form, FormIndex index, String path) {
        try {
            EvaluationContext context = new EvaluationContext(form.getEvaluationContext(), index.getReference());
            Object found = XPathParseTool.parseXPath(path).eval(form.getMainInstance(), context);
            if (found instanceof XPathNodeset nodes) {
                found = nodes.unpack();
            }
            if (found instanceof Date) {
                return null;
            }
            double number = XPathFuncExpr.toNumeric(found);
            return Double.isNaN(number) ? null : number;
        } catch (Exception unreadable) { // the constraint holds something that looks like a path
            return null;
        }
    }

    private Date moment(int trial) {
        long span = trial < 20 ? 30 : trial < 100 ? 365 : 365 * 60;
        return new Date(System.currentTimeMillis() - (long) (random.nextDouble() * span) * DAY);
    }

    /** Somewhere in Thanh Hoá. */
    private String point() {
        double latitude = 19.3 + random.nextDouble() * 1.3;
        double longitude = 104.8 + random.nextDouble() * 1.2;
        return String.format(Locale.ROOT, "%.7f %.7f %.1f %.1f", latitude, longitude, random.nextDouble() * 300, 1 + random.nextDouble() * 20);
    }

    private String text(String constraint) {
        Matcher regex = REGEX.matcher(constraint);
        if (regex.find()) {
            return matching(regex.group(1));
        }
        StringBuilder words = new StringBuilder(WORDS[random.nextInt(WORDS.length)]);
        int more = random.nextInt(random.nextInt(4) == 0 ? 12 : 3);
        for (int i = 0; i < more; i++) {
            words.append(' ').append(WORDS[random.nextInt(WORDS.length)]);
        }
        return words.toString();
    }

    /** A string for a pattern made of characters, [classes] and {counts}. */
    private String matching(String pattern) {
        StringBuilder made = new StringBuilder();
        Matcher part = Pattern.compile("(\\[[^\\]]+\\]|\\\\d|[^\\[\\]{}^$*+?])(?:\\{(\\d+)(?:,\\d*)?\\}|[*+?])?").matcher(pattern);
        while (part.find()) {
            boolean isMany = part.group().endsWith("*") || part.group().endsWith("+");
            int count = part.group(2) != null ? Integer.parseInt(part.group(2)) : isMany ? 3 : 1;
            for (int i = 0; i < count; i++) {
                made.append(character(part.group(1)));
            }
        }
        return made.toString();
    }

    private char character(String part) {
        if (!part.startsWith("[") && !part.equals("\\d")) {
            return part.charAt(0);
        }
        Pattern wanted = Pattern.compile(part);
        List<Character> fitting = new ArrayList<>();
        for (char each = ' '; each < 127; each++) {
            if (wanted.matcher(String.valueOf(each)).matches()) {
                fitting.add(each);
            }
        }
        return fitting.get(random.nextInt(fitting.size()));
    }
}
