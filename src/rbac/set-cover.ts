// Candidates that each cover some cells -> the fewest candidates that cover all of them, by branch and bound.

/** Nodes of the search tree that one call may visit: a count, never a time, so that every machine finds the same. */
export const searchNodes = 4_000;

/** What is left of them. Shared by all searches of one call. */
export class SearchBudget {
  nodes: number = searchNodes;
}

/** Branch and bound over which candidates to take: always for the open cell that the fewest candidates cover. */
export class CoverSearch {
  readonly #covers: readonly (readonly number[])[];
  readonly #coverers: number[][];
  readonly #cellsByRarity: number[];
  readonly #timesCovered: Uint16Array;
  readonly #budget: SearchBudget;
  readonly #chosen: number[] = [];
  #fewest: number;
  #best: number[] | undefined;

  /** Looks for covers with fewer than `known` candidates. */
  constructor(cellCount: number, covers: readonly (readonly number[])[], known: number, budget: SearchBudget) {
    this.#covers = covers;
    this.#fewest = known;
    this.#budget = budget;
    this.#timesCovered = new Uint16Array(cellCount);
    this.#coverers = Array.from({ length: cellCount }, () => []);
    for (const [candidate, cells] of covers.entries()) for (const cell of cells) this.#coverers[cell]?.push(candidate);
    const rarity = this.#coverers.map((candidates) => candidates.length);
    this.#cellsByRarity = [...rarity.keys()].sort((a, b) => (rarity[a] as number) - (rarity[b] as number) || a - b);
  }

  /** Indices of the candidates of the best cover found; `undefined` when none beats the known one. */
  run(): number[] | undefined {
    this.#descend();
    return this.#best;
  }

  #descend(): void {
    const cell = this.#cellsByRarity.find((index) => this.#timesCovered[index] === 0);
    if (cell === undefined) {
      this.#fewest = this.#chosen.length;
      this.#best = [...this.#chosen];
      return;
    }
    if (this.#chosen.length + this.#leastNeeded() >= this.#fewest) return;
    for (const candidate of this.#byNewCells(this.#coverers[cell] as number[])) {
      if (this.#budget.nodes <= 0) return;
      this.#budget.nodes -= 1;
      this.#take(candidate, 1);
      this.#descend();
      this.#take(candidate, -1);
      if (this.#chosen.length + 1 >= this.#fewest) return;
    }
  }

  #take(candidate: number, times: 1 | -1): void {
    if (times === 1) this.#chosen.push(candidate);
    else this.#chosen.pop();
    for (const cell of this.#covers[candidate] as readonly number[]) {
      this.#timesCovered[cell] = (this.#timesCovered[cell] as number) + times;
    }
  }

  /** Cells no two of which share a candidate need one candidate each. */
  #leastNeeded(): number {
    const reached = new Set<number>();
    let needed = 0;
    for (const cell of this.#cellsByRarity) {
      if (this.#timesCovered[cell] !== 0) continue;
      const candidates = this.#coverers[cell] as number[];
      if (candidates.some((candidate) => reached.has(candidate))) continue;
      for (const candidate of candidates) reached.add(candidate);
      needed += 1;
    }
    return needed;
  }

  #byNewCells(candidates: readonly number[]): number[] {
    const gain = new Map<number, number>();
    for (const candidate of candidates) {
      const cells = this.#covers[candidate] as readonly number[];
      gain.set(candidate, cells.filter((cell) => this.#timesCovered[cell] === 0).length);
    }
    return [...candidates].sort((a, b) => (gain.get(b) as number) - (gain.get(a) as number) || a - b);
  }
}
