import { START } from "./compute/state.mjs";
