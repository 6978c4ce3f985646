/** Zone plans. */

export function Plans() {
  return <h1>Zone plans</h1>;
}
