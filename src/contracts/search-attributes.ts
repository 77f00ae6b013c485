import { defineSearchAttributeKey, type SearchAttributePair } from '@temporalio/common';
import { searchAttributes } from './names.js';

/** Typed keys of the search attributes that `strata migrate` registers. */
export const keys = {
  pipeline: defineSearchAttributeKey(searchAttributes.pipeline.name, searchAttributes.pipeline.type),
  feed: defineSearchAttributeKey(searchAttributes.feed.name, searchAttributes.feed.type),
  object: defineSearchAttributeKey(searchAttributes.object.name, searchAttributes.object.type),
  loadId: defineSearchAttributeKey(searchAttributes.loadId.name, searchAttributes.loadId.type),
  outcome: defineSearchAttributeKey(searchAttributes.outcome.name, searchAttributes.outcome.type),
} as const;

/** What makes a workflow findable in Temporal Web's list from its start. */
export function attributesOf(of: { pipeline: string; feed?: string; loadId?: number }): SearchAttributePair[] {
  const pairs: SearchAttributePair[] = [{ key: keys.pipeline, value: of.pipeline }];
  if (of.feed !== undefined) pairs.push({ key: keys.feed, value: of.feed });
  if (of.loadId !== undefined) pairs.push({ key: keys.loadId, value: of.loadId });
  return pairs;
}
