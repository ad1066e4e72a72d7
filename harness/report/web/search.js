// firstWhere returns the least of the numbers from 0 to n-1 for which a condition holds; n if there is none. The condition holds for all
// numbers after one for which it holds.
export function firstWhere(n, holds) {
  let low = 0, high = n;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
