// firstWhere returns the smallest number from 0 to n-1 for which a condition holds, or n if there is none. If the condition
// holds for a number, it must hold for all larger numbers.
export function firstWhere(n, holds) {
  let low = 0, high = n;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
