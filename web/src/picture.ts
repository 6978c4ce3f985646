/** The server-drawn picture that takes the map's place where the browser cannot draw one. */

import type { Service } from "./api";
import type { ColourBy } from "./map-style";
import { h } from "./dom";

export class CountyPicture {
  readonly #container: HTMLElement;
  readonly #service: Service;
  readonly #alt: (by: ColourBy) => string;
  #address: string | null = null;

  constructor(container: HTMLElement, service: Service, alt: (by: ColourBy) => string) {
    this.#container = container;
    this.#service = service;
    this.#alt = alt;
  }

  /** Fetch the picture and put it in the container. Throws what the service answers when it cannot draw it. */
  async show(by: ColourBy): Promise<void> {
    // Fetched rather than linked: an <img> address cannot carry the credential, and must not hold it either.
    const blob = await this.#service.blob(`/v1/map.png?colour=${by}`);
    if (this.#address !== null) URL.revokeObjectURL(this.#address);
    this.#address = URL.createObjectURL(blob);
    this.#container.querySelector("img.picture")?.remove();
    this.#container.append(h("img", { class: "picture", src: this.#address, alt: this.#alt(by) }));
  }
}
