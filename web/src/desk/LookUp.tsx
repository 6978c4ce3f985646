/** The first page: a postcode's answer beside the map, and what is in force below. */

import { Failure, Empty, Loading } from "../parts/notice";
import { MapPanel } from "../map/MapPanel";
import { useCounty } from "../map/data";
import { useFragment, useQuery } from "../shell/address";
import { useMeta } from "../shell/county";
import { useSession } from "../shell/session";
import { date } from "../parts/format";
import { InForce } from "./InForce";
import { PostcodePanel, usePostcode } from "./PostcodePanel";

export function LookUp() {
  const meta = useMeta();
  const county = useCounty();
  const [query] = useQuery();
  const [fragment, change] = useFragment();
  const asked = fragment["postcode"] ?? "";
  const answer = usePostcode(asked);
  const { may } = useSession();
  const place = county.data?.ground.settlements.find(({ name }) => name === query["place"]);
  const found = answer.data;
  const point: [number, number] | null =
    found?.longitude != null && found.latitude != null ? [found.longitude, found.latitude] : place ? [place.longitude, place.latitude] : null;
  const council = meta.data?.council.name;
  const drawable = county.data !== null && county.data.areas.features.length > 0 ? county.data : null;
  return (
    <>
      <h1 id="title">{council ? `${council}: home-care zones and rates` : "Home-care zones and rates"}</h1>
      {meta.data && <About meta={meta.data} />}
      {county.error !== null && <Failure what="The county cannot be shown." error={county.error} again={county.again} />}
      {county.data === null && county.error === null && <Loading what="the county" />}
      {county.data !== null && county.data.areas.features.length === 0 && (
        <Empty title="No areas are loaded yet, so there is no map to show.">
          <p>{may("demand:write") ? <a href="/data">Load the county's postcodes</a> : "An analyst can load the county's postcodes."}</p>
        </Empty>
      )}
      <MapPanel data={drawable} point={point} pointArea={found?.area_id ?? null} label="Map of zones and bands">
        <PostcodePanel asked={asked} answer={answer} ask={(text) => change({ postcode: text })} />
      </MapPanel>
      {county.data !== null && <InForce data={county.data} />}
    </>
  );
}

function About({ meta: { plan, rate_card, snapshot } }: { meta: NonNullable<ReturnType<typeof useMeta>["data"]> }) {
  const { may } = useSession();
  return (
    <>
      <p class="hint" id="about">
        {plan ? `Zone plan “${plan.name}”${plan.published_at ? `, published ${date(plan.published_at)}` : ""}` : "No zone plan is published yet"};{" "}
        {rate_card ? `rates “${rate_card.name}”${rate_card.effective_from ? ` from ${date(rate_card.effective_from)}` : ""}` : "no rates are in force"};{" "}
        {snapshot ? `demand taken on ${date(snapshot.taken_on)}` : "no demand is loaded yet"}.
      </p>
      {!plan && (
        <Empty title="No zone plan is published yet. The map shows bands; zones appear once a plan is published.">
          {may("analysis:write") && (
            <p>
              <a href="/plans">Draw or bring in a plan</a>
            </p>
          )}
        </Empty>
      )}
    </>
  );
}
