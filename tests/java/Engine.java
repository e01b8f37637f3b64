import java.io.BufferedReader;
import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import org.javarosa.core.model.FormDef;
import org.javarosa.core.model.actions.setgeopoint.SetGeopointActionHandler;
import org.javarosa.core.reference.PrefixedRootFactory;
import org.javarosa.core.reference.Reference;
import org.javarosa.core.reference.ReferenceManager;
import org.javarosa.core.services.IPropertyManager;
import org.javarosa.core.services.PropertyManager;
import org.javarosa.core.services.properties.IPropertyRules;
import org.javarosa.core.services.storage.StorageManager;
import org.javarosa.core.services.storage.util.DummyIndexedStorageUtility;
import org.javarosa.core.util.JavaRosaCoreModule;
import org.javarosa.model.xform.XFormsModule;
import org.javarosa.xform.parse.XFormParser;
import org.javarosa.xform.util.XFormUtils;

/**
 * Answers requests about forms with JavaRosa, the engine inside ODK Collect. One JVM serves many.
 *
 * A request is a line on stdin naming a folder that holds form.xml, media/ and, for `check` and
 * `edit`, the instances: "fill FOLDER N SEED", "check FOLDER". What was found is written into
 * FOLDER/out; the reply is "done", or "failed" and the reason.
 */
public final class Engine {
    static final String DEVICE = "collect:harness0000000001";
    static final String USER = "enum01";
    private static File media;

    public static void main(String[] arguments) throws IOException {
        PrintStream replies = System.out;
        System.setOut(System.err); // JavaRosa prints; stdout is for replies alone
        register();
        BufferedReader requests = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        replies.println("ready");
        for (String line = requests.readLine(); line != null; line = requests.readLine()) {
            replies.println(answer(line.split("\t")));
            replies.flush();
        }
    }

    private static String answer(String[] request) {
        File folder = new File(request[1]);
        try {
            FormDef form = open(folder);
            if (request[0].equals("fill")) {
                new Filler(form, folder).fill(Integer.parseInt(request[2]), Long.parseLong(request[3]));
            } else {
                new Checker(form, folder).check();
            }
            return "done";
        } catch (Throwable fault) { // the driver turns it into an exception of its own
            return "failed\t" + String.valueOf(fault).replaceAll("\\s+", " ");
        }
    }

    /** Opens the form with its lists as Collect does; the media folder holds what the manifest named. */
    private static FormDef open(File folder) throws IOException, Exception {
        media = new File(folder, "media");
        File lastSaved = new File(media, "last-saved.xml");
        Files.write(lastSaved.toPath(), "<last-saved/>".getBytes(StandardCharsets.UTF_8));
        try (InputStream form = new FileInputStream(new File(folder, "form.xml"))) {
            return XFormUtils.getFormFromInputStream(form, "jr://file/last-saved.xml");
        }
    }

    private static void register() {
        new XFormsModule().registerModule();
        new JavaRosaCoreModule().registerModule();
        XFormParser.registerActionHandler(SetGeopointActionHandler.ELEMENT_NAME, new Location());
        StorageManager.setStorageFactory((name, type) -> new DummyIndexedStorageUtility<>());
        PropertyManager.setPropertyManager(new Properties());
        String[] roots = {"file-csv", "file", "images", "audio", "video"};
        ReferenceManager.instance().addReferenceFactory(new PrefixedRootFactory(roots) {
            @Override
            protected Reference factory(String terminal, String uri) {
                return new MediaFile(new File(media, new File(terminal).getName()), uri);
            }
        });
    }

    /** What Collect knows of the phone and its user. */
    private static final class Properties implements IPropertyManager {
        @Override
        public String getSingularProperty(String name) {
            switch (name) {
                case "deviceid":
                case "uri:deviceid":
                    return DEVICE;
                case "username":
                    return USER;
                case "uri:username":
                    return "username:" + USER;
                default:
                    return "";
            }
        }

        @Override
        public List<String> getProperty(String name) {
            return List.of();
        }

        @Override
        public void setProperty(String name, String value) {}

        @Override
        public void setProperty(String name, List<String> value) {}

        @Override
        public void addRules(IPropertyRules rules) {}

        @Override
        public List<IPropertyRules> getRules() {
            return List.of();
        }
    }

    private record MediaFile(File file, String uri) implements Reference {
        @Override
        public boolean doesBinaryExist() {
            return file.exists();
        }

        @Override
        public InputStream getStream() throws IOException {
            return new FileInputStream(file);
        }

        @Override
        public String getURI() {
            return uri;
        }

        @Override
        public String getLocalURI() {
            return file.getAbsolutePath();
        }

        @Override
        public boolean isReadOnly() {
            return true;
        }

        @Override
        public OutputStream getOutputStream() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void remove() {
            throw new UnsupportedOperationException();
        }

        @Override
        public Reference[] probeAlternativeReferences() {
            return new Reference[0];
        }
    }
}
