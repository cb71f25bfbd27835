/** The live clients of this process, by person. */
export interface Belonging { state: string; who?: { id: string } }

export class Clients<C extends Belonging> {
  private readonly byPerson = new Map<string, Set<C>>();

  add(client: C): void {
    const id = client.who?.id ?? '';
    const set = this.byPerson.get(id) ?? new Set();
    this.byPerson.set(id, set.add(client));
  }
  remove(client: C): void {
    const id = client.who?.id ?? '';
    const set = this.byPerson.get(id);
    if (set?.delete(client) && set.size === 0) this.byPerson.delete(id);
  }
  of(personId: string): C[] { return [...(this.byPerson.get(personId) ?? [])]; }
  all(): C[] { return [...this.byPerson.values()].flatMap((set) => [...set]); }
  people(): string[] { return [...this.byPerson.keys()]; }
}
