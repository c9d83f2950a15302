// What a user can say about how events are attributed.

export interface AttributeOptions {
  /** Take a successful answer for a decision where the event carries none (collectors that strip annotations). */
  readonly trustSuccess: boolean;
  /** Kubernetes version of the server that the policy is for; `undefined` when unknown. */
  readonly targetVersion: KubernetesVersion | undefined;
}

export interface KubernetesVersion {
  readonly major: number;
  readonly minor: number;
}

export const defaultAttributeOptions: AttributeOptions = { trustSuccess: false, targetVersion: undefined };

/** Reads `1.35`, `v1.35.2`, `1.35+`, `v1.34.1-eks-113cf36`; `undefined` for anything else. */
export function parseKubernetesVersion(text: string): KubernetesVersion | undefined {
  const match = /^v?([0-9]{1,3})\.([0-9]{1,4})(?:[.+-].*)?$/.exec(text);
  if (match === null) return undefined;
  return { major: Number(match[1]), minor: Number(match[2]) };
}

/** Whether the target server is of that version or later; an unknown one may be. */
export function mayBeAtLeast(target: KubernetesVersion | undefined, major: number, minor: number): boolean {
  if (target === undefined) return true;
  return target.major > major || (target.major === major && target.minor >= minor);
}
