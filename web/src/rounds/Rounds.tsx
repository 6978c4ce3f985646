/** Rounds. */

export function Rounds() {
  return <h1>Rounds</h1>;
}
