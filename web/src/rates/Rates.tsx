/** The commissioner's desk: rate cards, next year's rates, two cards compared, and a page for a committee. */

import { useLocation } from "preact-iso/router";
import { Numbered } from "../parts/notice";
import { useSession } from "../shell/session";
import { Card } from "./Card";
import { Cards } from "./Cards";
import { CompareCards } from "./Compare";
import { SetRates } from "./SetRates";
import { Summary } from "./Summary";

export function Rates() {
  const { path } = useLocation();
  const { may } = useSession();
  const [, , view = "", id = ""] = path.split("/");
  switch (view) {
    case "set":
      return may("analysis:write") ? (
        <SetRates />
      ) : (
        <>
          <h1>Set next year's rates</h1>
          <p class="notice">
            Setting rates is for commissioners and analysts. <a href="/rates">The rates in force</a> are open to you.
          </p>
        </>
      );
    case "cards":
      return <Numbered id={id} what="rate card" back="/rates">{(number) => <Card id={number} />}</Numbered>;
    case "compare":
      return <CompareCards />;
    case "summary":
      return <Numbered id={id} what="rate card" back="/rates">{(number) => <Summary id={number} />}</Numbered>;
    default:
      return <Cards />;
  }
}
