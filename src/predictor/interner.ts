/** Numbers names from 0 on in order of their first appearance, so that statistics can be arrays. Grows with the names. */
export class Interner<Name extends string> {
  readonly #numbers = new Map<Name, number>();
  readonly #names: Name[] = [];

  get size(): number {
    return this.#names.length;
  }

  /** The number of a name, a new one if it has none. */
  number(name: Name): number {
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    this.#numbers.set(name, this.#names.length);
    return this.#names.push(name) - 1;
  }

  /** The number of a name, −1 if it has none. */
  find(name: Name): number {
    return this.#numbers.get(name) ?? -1;
  }

  /** The name of a number that `number` gave. */
  name(number: number): Name {
    const name = this.#names[number];
    if (name === undefined) throw new RangeError(`nothing has the number ${number}`);
    return name;
  }

  /** Frees a number of its name: `nameless` stands in its place, and the name gets another one if it comes again. */
  forget(number: number, nameless: Name): void {
    this.#numbers.delete(this.name(number));
    this.#names[number] = nameless;
  }

  names(): readonly Name[] {
    return this.#names;
  }
}
