// Draws charts over time on a canvas.

// colour returns a colour of the style sheet, which depends on light and dark.
function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
}

// A Chart has time (ns) from left to right, and upwards a Scale.
export class Chart {
  constructor(canvas, duration, scale, label) {
    const ratio = window.devicePixelRatio || 1;
    this.width = canvas.clientWidth;
    this.height = canvas.clientHeight;
    canvas.width = this.width * ratio;
    canvas.height = this.height * ratio;
    this.draw = canvas.getContext("2d");
    this.draw.scale(ratio, ratio);
    this.draw.font = "12px system-ui, sans-serif";
    this.duration = Math.max(duration, 1);
    this.scale = scale;
    this.label = label;
    this.left = 56;
    this.right = this.width - 8;
    this.ceiling = 8;
    this.floor = this.height - 22;
  }

  x(time) {
    return this.left + (this.right - this.left) * Math.min(time / this.duration, 1);
  }

  y(value) {
    const share = Math.min(Math.max(this.scale.share(value), 0), 1);
    return this.floor - (this.floor - this.ceiling) * share;
  }

  bands(faults, now) {
    this.draw.fillStyle = colour("fault");
    this.draw.globalAlpha = 0.15;
    for (const f of faults) {
      const begin = this.x(f.begin);
      this.draw.fillRect(begin, this.ceiling, Math.max(this.x(f.end || now) - begin, 1), this.floor - this.ceiling);
    }
    this.draw.globalAlpha = 1;
  }

  axes() {
    const d = this.draw;
    d.strokeStyle = colour("grid");
    d.fillStyle = colour("ink-soft");
    d.lineWidth = 1;
    d.textAlign = "right";
    d.textBaseline = "middle";
    for (const value of this.scale.ticks) {
      const y = Math.round(this.y(value)) + 0.5;
      d.beginPath();
      d.moveTo(this.left, y);
      d.lineTo(this.right, y);
      d.stroke();
      d.fillText(this.label(value), this.left - 6, y);
    }
    d.textAlign = "center";
    d.textBaseline = "top";
    for (const seconds of ticks(this.duration / 1e9, Math.max(this.width / 110, 2))) {
      const x = Math.min(this.x(seconds * 1e9), this.right - 10);
      d.fillText(trim(seconds) + " s", x, this.floor + 6);
    }
  }

  bar(from, to, low, high, name) {
    const x = this.x(from);
    this.draw.fillStyle = colour(name);
    this.draw.fillRect(x, this.y(high), Math.max(this.x(to) - x - 0.5, 1), this.y(low) - this.y(high));
  }

  dot(time, value, name) {
    this.draw.fillStyle = colour(name);
    this.draw.beginPath();
    this.draw.arc(this.x(time), this.y(value), 2, 0, 2 * Math.PI);
    this.draw.fill();
  }
}

// linear is the scale from 0 to top.
export function linear(top) {
  return { share: (value) => value / top, ticks: ticks(top, 4) };
}

// logarithmic is the scale of the decades that low and high are in.
export function logarithmic(low, high) {
  const first = Math.floor(Math.log10(low));
  const count = Math.max(Math.ceil(Math.log10(high)) - first, 1);
  const decades = Array.from({ length: count + 1 }, (_, i) => 10 ** (first + i));
  return { share: (value) => (Math.log10(value) - first) / count, ticks: decades };
}

// ticks returns about count round numbers from 0 to top.
export function ticks(top, count) {
  const power = 10 ** Math.floor(Math.log10(top / count));
  const step = [1, 2, 5, 10].map((n) => n * power).find((n) => top / n <= count);
  const values = [];
  for (let i = 0; i * step <= top * 1.0001; i++) values.push(i * step);
  return values;
}

// trim writes a number with about three digits.
export function trim(value) {
  return String(Number(value.toPrecision(3)));
}

// span writes a time, given in ns.
export function span(ns) {
  if (ns >= 1e9) return trim(ns / 1e9) + " s";
  if (ns >= 1e6) return trim(ns / 1e6) + " ms";
  return trim(ns / 1e3) + " µs";
}
