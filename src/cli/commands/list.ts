export function list(..._args: unknown[]): Promise<number> {
  return Promise.reject(new Error('being written'));
}
