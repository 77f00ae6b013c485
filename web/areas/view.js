/** @typedef {{ west: number, south: number, east: number, north: number }} Bounds in degrees; across longitude 180, west is greater than east */

const pixelsOfWorld = 360;
/** Pixels a degree at most: a meter is seen then. */
const closest = 100_000;

/** What part of the world the canvas shows: longitudes are as long as they are in its middle. */
export class View {
  width = 1;
  height = 1;
  longitude = 0;
  latitude = 0;
  /** Pixels a degree of latitude. */
  scale = 1;

  /** Pixels a degree of longitude. */
  get scaleX() {
    return this.scale * Math.max(0.2, Math.cos((this.latitude * Math.PI) / 180));
  }

  /** @param {number} longitude */
  x(longitude) {
    return this.width / 2 + (longitude - this.longitude) * this.scaleX;
  }

  /** @param {number} latitude */
  y(latitude) {
    return this.height / 2 - (latitude - this.latitude) * this.scale;
  }

  /** @param {number} x */
  longitudeAt(x) {
    return this.#rounded(clamp(this.longitude + (x - this.width / 2) / this.scaleX, -180, 180));
  }

  /** @param {number} y */
  latitudeAt(y) {
    return this.#rounded(clamp(this.latitude - (y - this.height / 2) / this.scale, -90, 90));
  }

  /** @returns {Bounds} what is seen */
  get bounds() {
    return {
      west: this.longitudeAt(0),
      east: this.longitudeAt(this.width),
      south: this.latitudeAt(this.height),
      north: this.latitudeAt(0),
    };
  }

  /** @param {number} x @param {number} y */
  moveBy(x, y) {
    this.longitude = clamp(this.longitude - x / this.scaleX, -180, 180);
    this.latitude = clamp(this.latitude + y / this.scale, -90, 90);
  }

  /** The place under the pixel stays there. @param {number} factor @param {number} [x] @param {number} [y] */
  zoom(factor, x = this.width / 2, y = this.height / 2) {
    const [longitude, latitude] = [(x - this.width / 2) / this.scaleX, (y - this.height / 2) / this.scale];
    const before = this.scale;
    this.scale = clamp(this.scale * factor, Math.min(this.width, this.height) / pixelsOfWorld, closest);
    const kept = 1 - before / this.scale;
    this.longitude = clamp(this.longitude + longitude * kept, -180, 180);
    this.latitude = clamp(this.latitude - latitude * kept, -90, 90);
  }

  /** Shows all of it, with a margin. @param {Bounds} bounds */
  fit({ west, south, east, north }) {
    const [left, right] = west <= east ? [west, east] : [-180, 180];
    this.longitude = (left + right) / 2;
    this.latitude = (south + north) / 2;
    const margin = 1.15;
    const across = Math.max(right - left, 0.002) * margin * (this.scaleX / this.scale);
    this.scale = Math.min(closest, this.width / across, this.height / (Math.max(north - south, 0.002) * margin));
  }

  /** No more digits than a pixel has. @param {number} degrees */
  #rounded(degrees) {
    return Number(degrees.toFixed(clamp(Math.ceil(Math.log10(this.scale)), 0, 7)));
  }
}

/** @param {number} value @param {number} least @param {number} most */
export function clamp(value, least, most) {
  return Math.min(most, Math.max(least, value));
}

/** The next of 1, 2, 5, 10, 20 and so on. @param {number} number */
export function roundUp(number) {
  const power = 10 ** Math.floor(Math.log10(number));
  return power * (number <= power ? 1 : number <= 2 * power ? 2 : number <= 5 * power ? 5 : 10);
}

/** Digits behind the point that a round number has. @param {number} number */
export function digitsOf(number) {
  return Math.max(0, -Math.floor(Math.log10(number) + 1e-9));
}
