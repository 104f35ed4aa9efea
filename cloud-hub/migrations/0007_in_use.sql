INSERT INTO identity (one) SELECT one FROM hub;
