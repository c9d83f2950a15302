// Rows of text -> aligned columns, as kubectl prints them: headers in capitals, three spaces between columns.
import { printable } from './printable.ts';

export interface Column {
  readonly header: string;
  /** Numbers are aligned on the right. */
  readonly align?: 'left' | 'right';
}

const gap = '   ';

/** The lines of a table, headers first, without line ends. Cells are made safe for a terminal. */
export function tableLines(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const cells = rows.map((row) => row.map(printable));
  const widths = columns.map(({ header }, index) => {
    let width = header.length;
    for (const row of cells) width = Math.max(width, lengthOf(row[index] ?? ''));
    return width;
  });
  const line = (row: readonly string[]) =>
    columns
      .map(({ align }, index) => pad(row[index] ?? '', widths[index] as number, align ?? 'left'))
      .join(gap)
      .trimEnd();
  return [line(columns.map(({ header }) => header)), ...cells.map(line)];
}

function pad(cell: string, width: number, align: 'left' | 'right'): string {
  const blank = ' '.repeat(Math.max(0, width - lengthOf(cell)));
  return align === 'right' ? blank + cell : cell + blank;
}

/** In code points: good enough for names, which are nearly always ASCII. */
function lengthOf(cell: string): number {
  return [...cell].length;
}
