import { isRecord } from "../../core/compare.ts";
import type { KubeObject } from "../world.ts";

const texts = (value: unknown): boolean =>
  value === undefined || value === null || (isRecord(value) && Object.values(value).every((item) => typeof item === "string"));
const part = (value: unknown): boolean => value === undefined || value === null || isRecord(value);

/**
 * Whether an answer is an object of Kubernetes as far as all of them are alike: a name, labels and annotations that are texts,
 * and spec, status and data that have fields. https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/object-meta/
 */
export function isKubeObject(value: unknown): value is KubeObject {
  if (!isRecord(value) || !isRecord(value["metadata"])) return false;
  const { name, labels, annotations, managedFields } = value["metadata"];
  const fields = managedFields === undefined || managedFields === null || (Array.isArray(managedFields) && managedFields.every(isRecord));
  return typeof name === "string" && texts(labels) && texts(annotations) && fields && ["spec", "status"].every((key) => part(value[key]));
}
