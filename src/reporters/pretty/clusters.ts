import { eastAsianWidth } from 'get-east-asian-width';

/** A character with a glyph of its own: no mark on another, no control, nothing invisible. */
type Patterns = Readonly<Record<'visible' | 'emoji' | 'keycap' | 'pictograph' | 'added', RegExp>>;

let segmenter: Intl.Segmenter | undefined;
let patterns: Patterns | undefined;

/** Longer ones are no emoji, and the pattern of emoji is slow on them. */
const LONGEST_EMOJI = 50;

/**
 * What a reader takes for single characters.
 *
 * Made on first use, as the patterns below are: they wake ICU, which takes longer than all the rest of a short run
 * (70 ms on the machine of bench/README.md), and few reports hold more than ASCII.
 */
export function clustersOf(text: string): readonly string[] {
  segmenter ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  return [...segmenter.segment(text)].map(({ segment }) => segment);
}

/** Terminal columns of a text, as string-width counts them: wide characters take two, combining ones none. */
export function widthOfClusters(text: string): number {
  // Composed, the letters of a Korean syllable are one character, as they are on the screen.
  return clustersOf(text.normalize('NFC')).reduce((sum, cluster) => sum + widthOfCluster(cluster), 0);
}

function widthOfCluster(cluster: string): number {
  patterns ??= makePatterns();
  const start = cluster.search(patterns.visible);
  if (start < 0) return 0;
  if (cluster.length <= LONGEST_EMOJI && isEmoji(cluster, patterns)) return 2;
  const [base = '', ...others] = cluster.slice(start);
  const { added } = patterns;
  return others
    .filter((each) => added.test(each))
    .reduce((sum, each) => sum + columnsOf(each), columnsOf(base));
}

function isEmoji(cluster: string, { emoji, keycap, pictograph }: Patterns): boolean {
  if (emoji.test(cluster) || keycap.test(cluster)) return true;
  // Joined ones that no font is bound to know.
  return cluster.includes('\u200d') && [...cluster].filter((each) => pictograph.test(each)).length >= 2;
}

function columnsOf(character: string): number {
  return eastAsianWidth(character.codePointAt(0) ?? 0);
}

/** Not as a literal: TypeScript's es2023 does not know the flag yet; Node 20 does. */
const EMOJI = '^\\p{RGI_Emoji}$';

function makePatterns(): Patterns {
  return {
    visible: /[^\p{Default_Ignorable_Code_Point}\p{Cc}\p{Cf}\p{Mn}\p{Me}\p{Cs}]/u,
    emoji: new RegExp(EMOJI, 'v'),
    keycap: /^[\d#*]\u20e3$/,
    pictograph: /\p{Extended_Pictographic}/u,
    // Marks that take room, and half- and full-width forms.
    added: /[\p{Mc}\uff00-\uffef]/u,
  };
}
