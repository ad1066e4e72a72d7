// Bus connects the parts of the page. The events are
//   "time"            the moment that is looked at, in ns; null for none
//   "range"           {from, to}: the part of the run that is looked at, in ns
//   "select-op"       the index of an event of the history; -1 for none
//   "select-message"  the number of a message; -1 for none
//   "filter"          {types, parties}: sets of numbers, or null for all

// create returns a bus. Listeners are called in the order in which they came, the sender's own too.
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
