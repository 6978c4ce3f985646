/** The analyst's plans: the list, one plan on the map with its editing, a drawing, and two plans side by side. */

import { useLocation } from "preact-iso/router";
import { Numbered } from "../parts/notice";
import { useSession } from "../shell/session";
import { ComparePlans } from "./Compare";
import { DrawPlan } from "./DrawPlan";
import { PlanList } from "./List";
import { Plan } from "./Plan";
import { Sweep } from "./Sweep";

export function Plans() {
  const { path } = useLocation();
  const { may } = useSession();
  const [, , view = ""] = path.split("/");
  if (view === "") return <PlanList />;
  if (view === "draw" && may("analysis:write")) return <DrawPlan />;
  if (view === "sweep" && may("analysis:write")) return <Sweep />;
  if (view === "draw" || view === "sweep")
    return (
      <>
        <h1>Draw a plan</h1>
        <p class="notice">Drawing is for analysts and commissioners.</p>
      </>
    );
  if (view === "compare") return <ComparePlans />;
  return <Numbered id={view} what="plan" back="/plans">{(number) => <Plan key={number} id={number} />}</Numbered>;
}
