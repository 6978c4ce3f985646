/** The broker's desk: a postcode's answer, a request and who is asked, a list, what waits, and swaps. Its first view is everybody's first page. */

import { useLocation } from "preact-iso/router";
import { type Permission, useSession } from "../shell/session";
import { LookUp } from "./LookUp";

const TABS: { name: string; path: string; needs?: Permission }[] = [
  { name: "Look up", path: "/" },
];

export function Desk() {
  const { path } = useLocation();
  const { may } = useSession();
  const tabs = TABS.filter(({ needs }) => needs === undefined || may(needs));
  return (
    <>
      {tabs.length > 1 && (
        <nav aria-label="The broker's desk" class="tabs">
          {tabs.map(({ name, path: href }) => (
            <a key={href} href={href} aria-current={path === href || (href !== "/" && path.startsWith(href)) ? "page" : undefined}>
              {name}
            </a>
          ))}
        </nav>
      )}
      <LookUp />
    </>
  );
}
