/** A small day of made-up visits around Coalville. Nobody's data. */

const visit = (id: string, easting: number, northing: number, earliest: number, minutes: number, more = {}) => ({ id, easting, northing, earliest, latest: earliest + 90, minutes, ...more });

export const EXAMPLE_DAY = {
  visits: [
    visit("A breakfast", 442_600, 314_100, 420, 45),
    visit("B breakfast", 443_900, 313_300, 430, 30, { carers: 2 }),
    visit("C breakfast", 441_200, 311_700, 450, 30),
    visit("D breakfast", 444_700, 315_200, 440, 30),
    visit("E breakfast", 439_800, 313_900, 450, 45),
    visit("A lunch", 442_600, 314_100, 705, 30),
    visit("B lunch", 443_900, 313_300, 715, 30, { carers: 2 }),
    visit("D lunch", 444_700, 315_200, 720, 30),
  ],
  carers: [
    { id: "carer 1", easting: 442_200, northing: 313_600, shift_start: 400, shift_end: 870, breaks: [{ earliest: 570, latest: 690, minutes: 20 }] },
    { id: "carer 2", easting: 444_800, northing: 312_900, shift_start: 400, shift_end: 870 },
    { id: "carer 3", easting: 440_500, northing: 314_600, shift_start: 400, shift_end: 660 },
  ],
};
