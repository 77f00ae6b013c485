-- report: Payments of users
-- Single payments with their payers, the newest first.
-- filters: user_id, name (a part of it, in any case), country, type, date_from, date_to
select
  p.transaction_id,
  p.transaction_date,
  p.user_id,
  p.user,
  p.country,
  p.type,
  p.amount
from bus.payments p
where true
  [[ and p.user_id = {{user_id}} ]]
  [[ and locate(lower({{name}}), lower(p.user)) > 0 ]]
  [[ and p.country = {{country}} ]]
  [[ and p.type = {{type}} ]]
  [[ and p.transaction_date >= {{date_from}} ]]
  [[ and p.transaction_date <= {{date_to}} ]]
order by p.transaction_date desc, p.transaction_id desc
