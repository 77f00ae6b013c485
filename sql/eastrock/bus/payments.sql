-- view: bus.payments
-- Every payment with its payer; the payer's name and sign-up are empty, and the country 'Unknown', until their user arrives.
select
  p.transaction_id,
  p.user_id,
  p.amount,
  p.transaction_date,
  p.type,
  p.created_at,
  p.updated_at,
  u.user_name as user,
  u.signup_date,
  coalesce(u.country, 'Unknown') as country
from bulk.payments p
left join bulk.users u on u.user_id = p.user_id
