/** Bands. */

export function Bands() {
  return <h1>Bands</h1>;
}
