import type { Config } from '../../config.js';
import { ForesyncError } from '../../domain/errors.js';
import type { Finding } from '../../domain/finding.js';
import { failure, ok } from '../../domain/finding.js';
import { modelSha256, openLiveModel, SHIPPED_MODEL } from '../model.js';
import { needsModel, RANKINGS } from '../rankings.js';

/** Whether the models can be loaded, with the hashes that say whether every node has the same ones. */
export async function examineModels({ push }: Config): Promise<readonly Finding[]> {
  const { policy, model, shadowModel } = push;
  const known = RANKINGS.includes(policy);
  const findings = [
    known
      ? ok('policy', policy)
      : failure('policy', `there is no "${policy}"`, `set push.policy to one of ${RANKINGS.join(', ')}`),
  ];
  if (known && needsModel(policy)) findings.push(await examineModel('model', model ?? SHIPPED_MODEL));
  if (shadowModel !== null) findings.push(await examineModel('shadow model', shadowModel));
  return findings;
}

async function examineModel(check: string, folder: string): Promise<Finding> {
  try {
    const live = await openLiveModel({ folder });
    await live.close();
    return ok(check, `${folder}, SHA-256 ${await modelSha256(folder)}: compare it between nodes`);
  } catch (thrown) {
    const advice = 'restore its files, or train one for this version';
    return failure(check, ForesyncError.from(thrown).rawMessage, advice);
  }
}
