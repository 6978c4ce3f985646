/** The shell around every desk: who is signed in, where one can go, what is found, and the view that the address names. */

import { LocationProvider, Route, Router, lazy, useLocation } from "preact-iso";
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { Desk } from "../desk/Desk";
import { SYNTHETIC_NOTE, sentence, setAsideNote } from "../parts/format";
import { Failure } from "../parts/notice";
import { Announcer } from "./announce";
import { useMeta } from "./county";
import { Find } from "./Find";
import { type Permission, SessionProvider, useSession } from "./session";
import { SignIn } from "./SignIn";

/** Views load when they are first opened, so that the first one is light. */
const Rates = lazy(() => import("../rates/Rates").then(({ Rates: view }) => view));
const Plans = lazy(() => import("../plans/Plans").then(({ Plans: view }) => view));
const Bands = lazy(() => import("../bands/Bands").then(({ Bands: view }) => view));
const Rounds = lazy(() => import("../rounds/Rounds").then(({ Rounds: view }) => view));
const Data = lazy(() => import("../data/Data").then(({ Data: view }) => view));
const Report = lazy(() => import("../report/Report").then(({ Report: view }) => view));

interface Place {
  name: string;
  href: string;
  /** Any of these lets a role in. */
  needs: Permission[];
}

/** Where a role may go, in order. */
export const PLACES: Place[] = [
  { name: "Desk", href: "/", needs: ["places:read"] },
  { name: "Rates", href: "/rates", needs: ["places:read"] },
  { name: "Plans", href: "/plans", needs: ["places:read"] },
  { name: "Bands", href: "/bands", needs: ["places:read"] },
  { name: "Rounds", href: "/rounds", needs: ["rounds:plan", "analysis:write"] },
  { name: "Data", href: "/data", needs: ["demand:exact", "demand:write"] },
];

/** Addresses that the service answers itself; links to them leave this page. */
const OWN_PAGES = /^\/(?!docs|guides|static|v1|openapi|health|metrics|problems|sign-on)/;

export function App() {
  return (
    <LocationProvider scope={OWN_PAGES}>
      <SessionProvider>
        <Shell />
      </SessionProvider>
    </LocationProvider>
  );
}

function isHere(href: string, path: string): boolean {
  return href === "/" ? path === "/" || path.startsWith("/desk") : path === href || path.startsWith(`${href}/`);
}

function Shell() {
  const session = useSession();
  const { path } = useLocation();
  const open = session.state === "somebody";
  return (
    <>
      <a class="skip" href="#main">
        Skip to the main part
      </a>
      <header class="top">
        <div class="wide">
          <a class="brand" href="/">
            <Icon /> <span>Patchwork</span>
          </a>
          {open && <CouncilName />}
          {open && <Find />}
          <nav aria-label="Desks" class="desks">
            {open &&
              PLACES.filter(({ needs }) => needs.some(session.may)).map(({ name, href }) => (
                <a key={name} href={href} aria-current={isHere(href, path) ? "page" : undefined}>
                  {name}
                </a>
              ))}
          </nav>
          <nav aria-label="Service" class="service">
            <a href="/guides">Guides</a>
            <a href="/docs">API</a>
            {open && <SignedIn />}
          </nav>
        </div>
      </header>
      {open && <Banner />}
      <main class="wide" id="main" tabIndex={-1}>
        <Main />
      </main>
      {open && <Foot />}
      <Announcer />
    </>
  );
}

function Main() {
  const session = useSession();
  if (session.state === "starting") return <p class="notice" role="status">Loading…</p>;
  if (session.state === "unreachable") return <Failure what="The service cannot be shown." error={session.error} again={session.again} />;
  if (session.state === "nobody") return <SignIn reason={session.reason} />;
  return <Views />;
}

function Views() {
  const { path } = useLocation();
  const { may, signedIn } = useSession();
  const place = PLACES.find(({ href }) => isHere(href, path));
  useEffect(() => {
    const title = document.querySelector("h1")?.textContent;
    document.title = title ? `${title} · Patchwork` : "Patchwork";
  });
  if (path === "/sign-in" && !signedIn) return <SignIn reason="" />;
  if (place && !place.needs.some(may))
    return signedIn ? (
      <Refused>Your role does not open “{place.name}”. Ask your administrator if you need it.</Refused>
    ) : (
      <SignIn reason={`Sign in to open “${place.name}”.`} />
    );
  return (
    <Router>
      <Route path="/" component={Desk} />
      <Route path="/desk/*" component={Desk} />
      <Route path="/rates" component={Rates} />
      <Route path="/rates/*" component={Rates} />
      <Route path="/plans" component={Plans} />
      <Route path="/plans/*" component={Plans} />
      <Route path="/bands" component={Bands} />
      <Route path="/bands/*" component={Bands} />
      <Route path="/rounds" component={Rounds} />
      <Route path="/rounds/*" component={Rounds} />
      <Route path="/data" component={Data} />
      <Route path="/data/*" component={Data} />
      <Route path="/report" component={Report} />
      <Route default component={NotFound} />
    </Router>
  );
}

export function Refused({ children }: { children: ComponentChildren }) {
  return (
    <>
      <h1>Not for your role</h1>
      <p class="notice">{children}</p>
    </>
  );
}

function NotFound() {
  return (
    <>
      <h1>There is no such page</h1>
      <p>
        Check the address, or go to <a href="/">the desk</a>. <a href="/guides">The guides</a> say what is where.
      </p>
    </>
  );
}

function CouncilName() {
  const { data } = useMeta();
  return <p class="council">{data?.council.name}</p>;
}

function Banner() {
  const { data } = useMeta();
  const aside = setAsideNote(data?.snapshot?.set_aside);
  if (!data || !(data.synthetic || aside)) return null;
  // The service's label says more after the colon; the strong words stand here already.
  const more = data.label.replace(/^synthetic demand:\s*/i, "");
  return (
    <aside class="banner" id="banner" aria-label="About these figures">
      {data.synthetic && (
        <div class="wide">
          <strong>{SYNTHETIC_NOTE}.</strong> {SYNTHETIC_NOTE.endsWith(more) ? "" : sentence(more)}
        </div>
      )}
      {aside && <div class="wide">{aside}</div>}
    </aside>
  );
}

function SignedIn() {
  const { signedIn, who, signOut } = useSession();
  const { route } = useLocation();
  if (!signedIn)
    return (
      <button type="button" class="link" onClick={() => route("/sign-in")}>
        Sign in
      </button>
    );
  return (
    <>
      <span class="who" title={`Role: ${who?.role ?? ""}`}>
        {who?.name}
      </span>
      <button type="button" class="link" onClick={() => void signOut().then(() => route("/"))}>
        Sign out
      </button>
    </>
  );
}

function Foot() {
  const { data } = useMeta();
  return (
    <footer class="foot">
      <div class="wide">
        <span>Patchwork {data?.code_version}</span>
        {data?.synthetic && <span>{SYNTHETIC_NOTE}</span>}
        {data?.synthetic && <a href="/report">The demonstration beside the published report</a>}
        <span>{data?.attribution}</span>
      </div>
    </footer>
  );
}

const Icon = () => <img src={document.querySelector<HTMLLinkElement>("link[rel=icon]")?.href ?? ""} alt="" width={34} height={34} />;
