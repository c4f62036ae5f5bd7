// The overview of operators.

import { refreshEvery } from "./refresh.js";

refreshEvery(5, "overview");
