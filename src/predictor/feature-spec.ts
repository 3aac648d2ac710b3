import { DESCRIPTORS } from './descriptors.js';
import { FEATURES } from './features.js';

/**
 * The definition of all columns as one text: what a model was trained with must be what it is asked with. Its SHA-256
 * names the version; a change of meaning changes a text, so whoever changes a column changes its text.
 */
export function featureSpec(): string {
  const features = FEATURES.map(({ name, doc, range }) => `feature ${name} [${range.join(', ')}]: ${doc}`);
  const descriptors = DESCRIPTORS.map(({ name, doc }) => `descriptor ${name}: ${doc}`);
  return [...features, ...descriptors].join('\n');
}
