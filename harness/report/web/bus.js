// Bus connects the parts of the page through events. The events are
//   "time"            the selected moment, in ns, or null
//   "range"           {from, to}: the part of the run to show, in ns
//   "select-op"       the index of an event of the history, or -1
//   "select-message"  the number of a message, or -1
//   "filter"          {types, parties}: sets of numbers; null stands for all

// create returns a bus. Listeners are called in the order in which they were added, the sender's own listener included.
export function create() {
  const listeners = new Map();
  return {
    on(event, f) {
      if (!listeners.has(event)) listeners.set(event, []);
      listeners.get(event).push(f);
    },
    emit(event, data) {
      for (const f of listeners.get(event) || []) f(data);
    },
  };
}
