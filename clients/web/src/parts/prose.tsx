import type { DemoFacts } from '../demo-facts.js';
import { percentText } from './words.js';

/** What this page is, in two sentences. */
export function Intro({ facts }: { readonly facts: DemoFacts }) {
  return (
    <header class="intro">
      <h1>
        Foresync <span>What you need next is here before you ask.</span>
      </h1>
      <p>
        A server has seen two years of work of {facts.people} people on one repository. You are the busiest of
        them, with two devices.
      </p>
    </header>
  );
}

/** What is real on this page and what is not. */
export function About({ facts }: { readonly facts: DemoFacts }) {
  return (
    <footer class="about">
      <h2>What is real here</h2>
      <p>
        Names, sizes, relations and what people did are from the public history of a repository. The texts are{' '}
        <strong>generated</strong>: the record has none. Both devices are real clients that speak grpc-web
        through a real Envoy to a live server; every figure is measured by this page. What you open is
        reported to the server as activity, and it learns from it.
      </p>
      <p>
        A document is pushed when the chance that you open it within your next ten steps is{' '}
        {percentText(facts.threshold)} or more, while the server has pushed no more than {facts.budget} bytes
        for each byte that was opened. The slow network adds its delay in this page, half of it each way, to
        everything that either device sends or gets; an open may have to wait for a report that is under way,
        too. Switching prediction on or off starts that device again with nothing on it; <em>wasted</em> is
        what was pushed and became old, or was dropped, before anybody opened it.
      </p>
    </footer>
  );
}
