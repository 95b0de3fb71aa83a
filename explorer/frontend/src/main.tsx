import { createRoot } from "react-dom/client";
import { App } from "./page/App";
import "./style.css";

const address = new URL(location.href);
if (address.searchParams.has("token")) { // a cookie has it now; who is sent this address must not get it
  address.searchParams.delete("token");
  history.replaceState(null, "", address);
}
createRoot(document.getElementById("root")!).render(<App />);
