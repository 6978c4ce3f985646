/** The broker's desk: a postcode's answer, a request and who is asked, a list, what waits, and swaps. Its first view is everybody's first page. */

import { useLocation } from "preact-iso/router";
import { lazy } from "preact-iso";
import { Suspense } from "preact/compat";
import { Loading, Numbered } from "../parts/notice";
import { type Permission, useSession } from "../shell/session";
import { LookUp } from "./LookUp";

const Requests = lazy(() => import("./Requests").then(({ Requests: view }) => view));
const Request = lazy(() => import("./Request").then(({ Request: view }) => view));
const Offers = lazy(() => import("./Offers").then(({ Offers: view }) => view));
const Waiting = lazy(() => import("./Waiting").then(({ Waiting: view }) => view));
const Swaps = lazy(() => import("./Swaps").then(({ Swaps: view }) => view));
const Providers = lazy(() => import("./Providers").then(({ Providers: view }) => view));
const OneProvider = lazy(() => import("./Providers").then(({ OneProvider: view }) => view));
const List = lazy(() => import("./List").then(({ List: view }) => view));

interface Tab {
  name: string;
  path: string;
  needs: Permission;
}

const TABS: Tab[] = [
  { name: "Look up", path: "/", needs: "places:read" },
  { name: "A list", path: "/desk/list", needs: "places:read" },
  { name: "Requests", path: "/desk/requests", needs: "requests:place" },
  { name: "Offers", path: "/desk/offers", needs: "requests:place" },
  { name: "What waits", path: "/desk/waiting", needs: "requests:place" },
  { name: "Swaps", path: "/desk/swaps", needs: "requests:place" },
  { name: "Providers", path: "/desk/providers", needs: "providers:read" },
];

function View({ path }: { path: string }) {
  const [, , view = "", id = ""] = path.split("/");
  switch (view) {
    case "list":
      return <List />;
    case "requests":
      return id ? <Numbered id={id} what="request" back="/desk/requests">{(number) => <Request id={number} />}</Numbered> : <Requests />;
    case "offers":
      return <Offers />;
    case "waiting":
      return <Waiting />;
    case "swaps":
      return <Swaps />;
    case "providers":
      return id ? <Numbered id={id} what="provider" back="/desk/providers">{(number) => <OneProvider id={number} />}</Numbered> : <Providers />;
    default:
      return <LookUp />;
  }
}

export function Desk() {
  const { path } = useLocation();
  const { may, signedIn } = useSession();
  const isAt = (href: string): boolean => path === href || (href !== "/" && path.startsWith(`${href}/`));
  const tabs = TABS.filter(({ needs }) => may(needs));
  const here = TABS.find(({ path: href }) => isAt(href));
  return (
    <>
      {tabs.length > 1 && (
        <nav aria-label="The broker's desk" class="tabs">
          {tabs.map(({ name, path: href }) => (
            <a key={href} href={href} aria-current={isAt(href) ? "page" : undefined}>
              {name}
            </a>
          ))}
        </nav>
      )}
      {here && !may(here.needs) ? (
        <>
          <h1>{here.name}</h1>
          <p class="notice">{signedIn ? `Your role does not open “${here.name}”. Ask your administrator if you need it.` : `Sign in to open “${here.name}”.`}</p>
        </>
      ) : (
        <Suspense fallback={<Loading what="the view" />}>
          <View path={path} />
        </Suspense>
      )}
    </>
  );
}
