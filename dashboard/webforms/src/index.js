// The words first: the library looks its texts up as soon as it is loaded.
import "./language.js";

import("./main.js");
