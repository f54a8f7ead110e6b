/** How evidence over time becomes the one number that is judged. */
export type Take =
  | { readonly kind: 'total' }
  | { readonly kind: 'instant' }
  | { readonly kind: 'first' | 'last' | 'mean' | 'min' | 'max' | 'sum' | 'slope' | 'count' | 'age' }
  | { readonly kind: 'quantile'; readonly quantile: number }
  | { readonly kind: 'share-at-most' | 'share-above'; readonly bound: number }
  | { readonly kind: 'apdex'; readonly threshold: number };

export type TakeKind = Take['kind'];
