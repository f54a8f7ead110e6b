export function doctor(..._args: unknown[]): Promise<number> {
  return Promise.reject(new Error('being written'));
}
