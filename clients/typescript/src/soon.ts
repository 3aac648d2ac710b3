/** Runs after what is going on now, input included: what comes up until then can be dealt with together. */
export const soon: (task: () => void) => void =
  typeof setImmediate === 'function' ? (task) => void setImmediate(task) : (task) => void setTimeout(task, 0);
