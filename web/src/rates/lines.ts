/** The lines of a price in seven groups, for a stack that can be read, each with its colour. */

export interface Group {
  name: string;
  colour: string;
  lines: string[];
}

/** Okabe and Ito's colours (2008), told apart by every common form of colour blindness, with a light grey for the last. */
export const GROUPS: Group[] = [
  { name: "Pay for the visit", colour: "#0072b2", lines: ["Direct care"] },
  { name: "Travel and mileage", colour: "#56b4e9", lines: ["Travel time", "Waiting time", "Mileage"] },
  { name: "Holiday, training, sickness, notice", colour: "#009e73", lines: ["Training", "Holiday", "Additional non-contact pay", "Sickness, maternity and paternity", "Notice and suspension"] },
  { name: "National Insurance and pension", colour: "#f0e442", lines: ["Employer National Insurance", "Pension"] },
  { name: "Business costs", colour: "#e69f00", lines: ["Business costs", "CQC fees"] },
  { name: "Return", colour: "#d55e00", lines: ["Return on operations"] },
];
const OTHER: Group = { name: "Other", colour: "#bbbbbb", lines: [] };

export interface Part {
  group: Group;
  pounds: number;
}

/** A price's lines by group; what no group names is "Other", and groups that hold nothing are left out. */
export function grouped(lines: Record<string, number>): Part[] {
  const parts = new Map<Group, number>();
  for (const [name, pounds] of Object.entries(lines)) {
    const group = GROUPS.find(({ lines: known }) => known.includes(name)) ?? OTHER;
    parts.set(group, (parts.get(group) ?? 0) + pounds);
  }
  return [...GROUPS, OTHER].flatMap((group) => {
    const pounds = parts.get(group) ?? 0;
    return Math.abs(pounds) > 0.000005 ? [{ group, pounds }] : [];
  });
}
