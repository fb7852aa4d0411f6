/** The value, unless it is null, zero, or an empty text, list or mapping: those are left out of what is written. */
export function present<Value>(value: Value): NonNullable<Value> | undefined {
  if (value === null || value === undefined || value === '' || value === 0) return undefined;
  if (typeof value === 'object' && Object.keys(value).length === 0) return undefined;
  return value;
}
