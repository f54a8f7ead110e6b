/** What is measured of each page: seconds to the first byte, bytes of the body. */
export type PageMeasure = 'ttfb' | 'size';

/** How evidence over time becomes the one number that is judged. */
export type Take =
  | { readonly kind: 'total' }
  | { readonly kind: 'instant' }
  | { readonly kind: 'first' | 'last' | 'mean' | 'min' | 'max' | 'sum' | 'slope' | 'count' | 'age' }
  | { readonly kind: 'quantile'; readonly quantile: number }
  | { readonly kind: 'findings' | 'regressions' | 'share-ok' | 'share-current' | 'new-patterns' }
  | { readonly kind: 'page-quantile'; readonly quantile: number; readonly of: PageMeasure }
  /** Of the caches that were asked, or of the one of this name. */
  | { readonly kind: 'share-hit'; readonly cache: string | null }
  | { readonly kind: 'age-quantile'; readonly quantile: number }
  /** Time until the value was on this side of the level for so many steps in a row. */
  | {
      readonly kind: 'recovery';
      readonly operator: '>=' | '<=';
      readonly level: number;
      readonly steps: number;
    }
  | { readonly kind: 'since-crawl'; readonly quantile: number }
  | { readonly kind: 'share-at-most' | 'share-above'; readonly bound: number }
  | { readonly kind: 'apdex'; readonly threshold: number };

export type TakeKind = Take['kind'];
