import type { Tally } from '../device/tally.js';
import { msText } from './words.js';

/** What opening was like with prediction and without, side by side. */
export function Comparison({
  withPrediction,
  without,
}: {
  readonly withPrediction: Tally;
  readonly without: Tally;
}) {
  return (
    <table class="comparison">
      <caption class="hidden">Opens on this device with prediction and without</caption>
      <thead>
        <tr>
          <th scope="col">
            <span class="hidden">Prediction</span>
          </th>
          <th scope="col">opens</th>
          <th scope="col">zero wait</th>
          <th scope="col">mean wait</th>
        </tr>
      </thead>
      <tbody>
        <Row name="with prediction" tally={withPrediction} />
        <Row name="without" tally={without} />
      </tbody>
    </table>
  );
}

function Row({ name, tally }: { readonly name: string; readonly tally: Tally }) {
  const { opens, zeroWait, waitedMs } = tally;
  return (
    <tr>
      <th scope="row">{name}</th>
      <td>{opens}</td>
      <td>{opens === 0 ? '–' : `${Math.round((zeroWait / opens) * 100)} %`}</td>
      <td>{opens === 0 ? '–' : msText(waitedMs / opens)}</td>
    </tr>
  );
}
