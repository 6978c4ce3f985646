import { render } from "preact";
import { App } from "./shell/App";

const root = document.getElementById("app");
if (root !== null) {
  root.replaceChildren();
  render(<App />, root);
}
