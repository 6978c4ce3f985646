/** The register as a broker reads it: providers, and one provider with its roles, free hours and suspensions. */

import { everyItem, type Schemas } from "../api/client";
import { useGet, useLoad } from "../api/use";
import { SYNTHETIC_NOTE, date, decimal, sentence } from "../parts/format";
import { Definitions, Empty, Failure, Loading } from "../parts/notice";
import { DataTable } from "../parts/table";
import { useMeta, useZones } from "../shell/county";

type Provider = Schemas["ProviderView"];
type Role = Schemas["RoleView"];

export function Providers() {
  const { data, error, again } = useLoad("/v1/providers?all", () => everyItem<Provider>("/v1/providers", { limit: 500 }));
  return (
    <>
      <h1>Providers</h1>
      {error !== null && <Failure what="The providers cannot be shown." error={error} again={again} />}
      {data === null && error === null && <Loading what="providers" />}
      {data && (
        <DataTable
          caption={`Providers: ${data.length}`}
          rows={data}
          rowKey={({ id }) => id}
          text={(row) => [row.name, row.postcode, ...row.skills, ...row.languages].join(" ")}
          empty={
            <Empty title="No provider is on the register yet.">
              <p>
                <a href="/guides/how-to/place-a-request">The guide to the brokerage</a> says how to bring them in.
              </p>
            </Empty>
          }
          columns={[
            { key: "name", head: "Provider", cell: ({ id, name }) => <a href={`/desk/providers/${id}`}>{name}</a>, sort: ({ name }) => name },
            { key: "postcode", head: "Postcode", cell: ({ postcode }) => postcode },
            { key: "telephone", head: "Telephone", cell: ({ contact }) => contact.telephone },
            { key: "rating", head: "Rating", cell: ({ rating }) => rating ?? "not rated", sort: ({ rating }) => rating ?? null },
            { key: "skills", head: "Skills", cell: ({ skills }) => skills.join(", ") },
            { key: "closed", head: "State", cell: ({ closed_on }) => (closed_on ? `Closed ${date(closed_on)}` : "Open") },
          ]}
        />
      )}
    </>
  );
}

export function OneProvider({ id }: { id: string }) {
  const path = `/v1/providers/${encodeURIComponent(id)}`;
  const { data, error, again } = useGet<Provider>(path);
  const roles = useLoad(`/v1/roles?provider=${id}`, async () => (await everyItem<Role>("/v1/roles", { limit: 1000 })).filter(({ provider_id }) => String(provider_id) === id));
  const capacity = useGet<Schemas["CapacityOfProvider"]>(`/v1/capacity/${encodeURIComponent(id)}`);
  const suspensions = useGet<{ items: Schemas["SuspensionView"][] }>(`${path}/suspensions`);
  const zones = useZones(useMeta().data?.plan?.id);
  const zoneName = (number: number): string => zones.data?.features.find(({ properties }) => properties.number === number)?.properties.name ?? `Zone ${number}`;
  if (error !== null) return <Failure what="The provider cannot be shown." error={error} again={again} />;
  if (data === null) return <Loading what="the provider" />;
  return (
    <>
      <h1>{data.name}</h1>
      {data.synthetic && <p class="synthetic-note">{SYNTHETIC_NOTE}</p>}
      <div class="two">
        <section class="panel" aria-labelledby="contact-title">
          <h2 id="contact-title">Contact</h2>
          <Definitions
            pairs={[
              ["Ask for", data.contact.name],
              ["Telephone", data.contact.telephone && <a href={`tel:${data.contact.telephone.replace(/\s/g, "")}`}>{data.contact.telephone}</a>],
              ["Mail", data.contact.email && <a href={`mailto:${data.contact.email}`}>{data.contact.email}</a>],
              ["Postcode", data.postcode],
              ["Rating", data.rating ? `${data.rating}${data.rating_on ? `, ${date(data.rating_on)}` : ""}` : "not rated"],
              ["Skills", data.skills.join(", ")],
              ["Languages", data.languages.join(", ")],
              ["Closed", data.closed_on ? date(data.closed_on) : null],
            ]}
          />
        </section>
        <section class="panel" aria-labelledby="hours-title">
          <h2 id="hours-title">Free hours</h2>
          <ul class="bullets">
            {(capacity.data?.items ?? []).map((row) => (
              <li key={`${row.zone}`}>
                {row.zone === null || row.zone === undefined ? "Anywhere" : zoneName(row.zone)}: {decimal(row.hours_per_week)} hours a week stated
              </li>
            ))}
          </ul>
          {capacity.data?.items.length === 0 && <p>Nothing stated.</p>}
          {(suspensions.data?.items ?? []).map((row) => (
            <p class="notice warn" key={row.id}>
              Suspended from {date(row.first_day)}
              {row.last_day ? ` to ${date(row.last_day)}` : ""}: {row.reason}
            </p>
          ))}
          <p>
            <a href={`/desk/requests?show=started`}>Requests it may hold</a>
          </p>
        </section>
      </div>
      <DataTable
        caption="Roles"
        rows={roles.data ?? []}
        rowKey={({ id: role }) => role}
        empty={<Empty title="This provider has no role in any zone." />}
        columns={[
          { key: "zone", head: "Zone", cell: ({ zone }) => (zone === null ? "Every zone" : zoneName(zone)), sort: ({ zone }) => zone },
          { key: "role", head: "Role", cell: ({ role }) => sentence(role), sort: ({ role }) => role },
          { key: "service", head: "Service", cell: ({ service_type }) => sentence(service_type) },
          { key: "from", head: "From", cell: (row) => date(row.from) },
          { key: "to", head: "To", cell: (row) => (row.to ? date(row.to) : "open-ended") },
        ]}
      />
    </>
  );
}
